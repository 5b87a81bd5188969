"""What every service leans on: codes, contracts, runtime, trust, web. Knows no service."""
