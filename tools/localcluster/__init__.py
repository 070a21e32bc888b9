"""A cluster of real programs on this machine, for ./quickstart and the whole-system tests.

Every program runs in a private directory on ports of 127.0.0.1 and is stopped by its pid. The gRPC side
is grpcio with classes made from proto/, so it shares no code with the programs it drives.
"""
