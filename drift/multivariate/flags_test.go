package multivariate_test

import "flag"

var seedFlag = flag.Int("seed", 1, "seed of the simulations")
