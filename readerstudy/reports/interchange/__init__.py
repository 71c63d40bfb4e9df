"""Exchange of reading data with other MRMC programs: iMRMC, MRMCaov, RJafroc.

Pure functions on `Dataset`; each format is one module with ``write_...`` and ``read_...``.
"""
