"""The HTTP edge that all services share: requests, problems, paging, probes and pages."""
