"""Askpanel: scheduled, anonymous, moderated live questions and answers."""

__version__ = "0.1.0"
