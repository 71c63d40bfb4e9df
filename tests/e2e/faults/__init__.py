"""Things that break in the middle of something: lines, servers, sessions, workers."""
