package sequential

// ksExact returns P(D >= h/(nm)) for the two-sample Kolmogorov–Smirnov distance
// D of n and m continuous items of one distribution: the share of lattice paths
// from (0,0) to (n,m) that somewhere leave the band |im - jn| < h (Hodges, Arkiv
// för Matematik 3, 1958). Summing the paths that leave, not those that stay,
// keeps small values exact. row is scratch of m+1 places.
func ksExact(n, m, h int, row []float64) float64 {
	for i := 0; i <= n; i++ {
		for j := 0; j <= m; j++ {
			switch gap := i*m - j*n; {
			case gap >= h || -gap >= h:
				row[j] = 1
			case i == 0 && j == 0:
				row[j] = 0
			case i == 0:
				row[j] = row[j-1]
			case j == 0: // row[0] is that of i-1
			default:
				row[j] = (float64(i)*row[j] + float64(j)*row[j-1]) / float64(i+j)
			}
		}
	}
	return row[m]
}

// ksCritical returns the smallest h with P(D >= h/(nm)) <= alpha, or nm+1 if
// there is none.
func ksCritical(n, m int, alpha float64) int {
	row := make([]float64, m+1)
	lo, hi := 0, n*m+1 // P at lo is above alpha, at hi at most alpha
	for hi-lo > 1 {
		mid := lo + (hi-lo)/2
		if ksExact(n, m, mid, row) <= alpha {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}
