"""Whether approvals, October, June and providers' reports agree: each night, and soon after one of them changed."""
