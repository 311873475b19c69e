"""What a browser, a feed reader and a mail client can ask of ``digest serve``."""
