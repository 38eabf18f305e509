"""A video origin: a folder of video files as seekable HTTP."""

__version__ = "0.1.0"
