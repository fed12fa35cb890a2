"""GitHub as the pipeline asks it: pull requests, comments, check runs, issues, branches; all of it in `client`."""
