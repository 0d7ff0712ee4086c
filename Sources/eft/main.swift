print("eft")
