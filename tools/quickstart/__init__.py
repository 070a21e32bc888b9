"""What ./quickstart shows; one module per show."""
