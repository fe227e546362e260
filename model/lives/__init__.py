"""What each kind of agent does in a month: one file a part of a life, each rule read top to bottom."""
