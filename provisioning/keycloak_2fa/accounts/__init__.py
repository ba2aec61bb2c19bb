"""One user at a time: an exemption, a lost device, a required action."""
