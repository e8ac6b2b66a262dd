"""The doors to the network, the carrier and the porting entity, with the simulators that ship with the product."""
