"""Whether concerns of one kind have become more than they were: looked at each night, and drawn over months."""
