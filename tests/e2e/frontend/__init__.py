"""The front end in a real browser, on made-up data, without Django."""
