"""`askpanel doctor`: looks a live installation over and says in plain words what is wrong, why it
matters, and how to mend it. It changes nothing."""
