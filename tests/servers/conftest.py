"""What tests of single servers get beside the common fixtures."""
import pytest


@pytest.fixture
def pd(cluster):
    """PD running alone; gives a client of it."""
    cluster.start_pd()
    return cluster.pd
