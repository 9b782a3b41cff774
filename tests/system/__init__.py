"""Does the whole city hold, its services in processes of their own, on real servers?"""
