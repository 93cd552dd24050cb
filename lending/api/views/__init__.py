"""Endpoints by noun: read the body, call one service, present the answer."""
