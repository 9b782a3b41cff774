"""How are a city's databases copied and restored, and which checks does a restore make?"""
