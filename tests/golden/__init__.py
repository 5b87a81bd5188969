"""Golden files: the names and forms that were ever stored or published, frozen as they were.

`stored_names.json` lists each service's stored names; `events/` holds one stored event of each
name, `public/` the data of one public event of each type. A form that has grown by a field gets a
further file beside the first, `<name>.2.json`: old ones are never changed, because there are
stores and topics that hold them. `python -m tests.golden` writes what is missing.
"""
