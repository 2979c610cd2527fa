"""Events on their way: the CloudEvents envelope, the record on the wire, and the stream whose versions are counted."""
