"""One incident per cause, dated, answered; any package may open one."""
