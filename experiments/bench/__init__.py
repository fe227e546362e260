"""Speed and memory on this machine: what was asked, what is measured. Nothing here is a timed test."""
