"""What a realm is set to: its OTP policy, required actions, flows, roles and the state of enforcement."""
