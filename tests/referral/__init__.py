"""Tests of `referral`."""
