"""The room that everyone watches: pages, socket, fragments and frames."""
