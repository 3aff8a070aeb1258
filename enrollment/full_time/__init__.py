"""A family applies to a full-time program; its host decides and takes the student over (RSMo 161.670.3(4))."""
