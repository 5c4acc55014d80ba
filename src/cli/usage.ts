/** What `keyfob --help` prints. */
export const usage = `usage: keyfob COMMAND [OPTIONS]

The daemon:
  serve [--config FILE] [--local SECRETS_FILE] [--listen ADDRESS]
                                 serve secrets until told to stop
  check [--config FILE] [--connect]
                                 report every problem of the configuration
  check --caller NAME --path P [--operation get] [--provider P]
                                 tell whether the policy allows it, and by which line
  audit verify [--key FILE]... [--config FILE] [--head HASH]... [--mixed] FILE...
                                 tell whether an audit file is as it was written

Of a running daemon:
  get PATH [--key K] [--version V] [--stage S] [--provider P] [--json] [--fresh]
                                 print a secret's value
  list [PREFIX] [--tag KEY=VALUE]... [--provider P] [--json]
                                 print the paths of secrets
  resolve [FILE|-] [--format text|json|yaml|env] [--output FILE] [--check]
                                 print a document with its references replaced,
                                 or check them all
  health [live|ready|startup]    tell by the exit code how it is (ready)
  wait [--timeout 60s]           return when it is ready

  openapi                        print the contract of the HTTP interface
  --version                      print the version
  --help                         print this, or after a command its usage

Environment:
  KEYFOB_ADDR                    where the daemon is: http://host:port or unix:/path (http://127.0.0.1:8200)
  KEYFOB_TOKEN                   the caller's token, where the daemon asks for one
  KEYFOB_TOKEN_FILE              a file whose first line is the token
  KEYFOB_CONFIG                  the configuration file, when --config is not given

Exit codes: 0 done, 1 failed, 2 wrong use or configuration.
`;
