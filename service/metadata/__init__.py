"""What a video says of itself, read from its first (and last) bytes: no ffmpeg, no whole file, no trust.

Pure but for the reading, which is handed in; every module here can be used outside of this service.
"""
