"""One module per analysis type of the contract, or per tight family of types.

Each declares its options and its result as dataclasses and registers one function by
``@analysis``; every module found here is loaded by ``registry``.
"""
