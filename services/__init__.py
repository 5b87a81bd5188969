"""The four services. They share nothing but the published language in `shared/contracts`."""
