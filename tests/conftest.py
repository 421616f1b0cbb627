"""What every test shares: Hypothesis that tells the same story each time."""

from hypothesis import HealthCheck, settings

settings.register_profile("tabard", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tabard")
