"""Every door to the outside, each implementing a protocol declared in a lower package."""
