"""Provider reports: a provider sends them, the state office decides, districts read what is said of their students."""
