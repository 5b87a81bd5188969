"""The checker: after a fault it reads every store, and states what was lost, doubled or disordered.

It trusts nothing that the services say of themselves: rows are read past the code that wrote them,
and compared with each other and with the journal of what clients were told. Which anomaly of
Jepsen's Kafka workload is found by what: `docs/decisions/0018-faults-and-what-covers-them.md`.
"""
