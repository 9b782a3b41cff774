"""How does a city run in containers, and what does it need before the first start?"""
