from .own import SetUpSecondFactor

__all__ = ["SetUpSecondFactor"]
