"""The command `kc2fa`: knows the terminal, holds no rule."""
