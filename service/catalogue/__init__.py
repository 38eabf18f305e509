"""The library as people and programs look for a video in it: searched, sorted, with what is known of each."""
