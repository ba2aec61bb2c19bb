
#compdef kc2fa

_kc2fa_completion() {
  eval $(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" _KC2FA_COMPLETE=complete_zsh kc2fa)
}

compdef _kc2fa_completion kc2fa

