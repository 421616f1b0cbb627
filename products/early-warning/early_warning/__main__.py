"""Answer calls: the hospital runs this as `python -m early_warning`."""

from tabard_kit import serve

from early_warning.service import services

serve(services)
