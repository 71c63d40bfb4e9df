"""Numbers in sentences."""


def counted(n: int, one: str, many: str) -> str:
    """The number with the words that agree with it: 1 case was, 2 cases were."""
    return f"{n} {one if n == 1 else many}"
