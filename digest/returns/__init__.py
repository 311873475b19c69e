"""Where messages come back in: files, mailboxes, a listener, providers' reports."""
