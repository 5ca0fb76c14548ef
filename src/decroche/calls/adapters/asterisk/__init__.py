"""Have an Asterisk at hand, configure it, run it."""
