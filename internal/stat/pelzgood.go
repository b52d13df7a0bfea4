package stat

import "math"

// pelzGoodCDF returns P(D_n ≤ d) by the expansion of Pelz and Good 1976,
//
//	K0(z) + K1(z)/√n + K2(z)/n + K3(z)/n^(3/2), z = d√n
//
// in the theta-function form that converges for small z; it is used for
// n > 140 and z² < 2.2, where twelve terms reach full precision.
func pelzGoodCDF(d, n float64) float64 {
	z := d * math.Sqrt(n)
	z2 := z * z
	z4, z6 := z2*z2, z2*z2*z2
	z8 := z4 * z4
	var k0, k1, k2, k2b, k3, k3b float64
	for k := 0.0; k < 12; k++ {
		h := math.Pi * math.Pi * (k + 0.5) * (k + 0.5)
		e := 2 * math.Exp(-h/(2*z2)) // ±(k+½)
		k0 += e
		k1 += e * (h - z2)
		k2 += e * (6*z6 + 2*z4 + (2*z4-5*z2)*h + (1-2*z2)*h*h)
		k3 += e * ((5-30*z2)*h*h*h + (-60*z2+212*z4)*h*h + (135*z4-96*z6)*h - 30*z6 - 90*z8)
		w := math.Pi * math.Pi * k * k
		e = 2 * math.Exp(-w/(2*z2)) // ±k; the term k = 0 is zero
		k2b += e * w
		k3b += e * (3*w*z2 - w*w)
	}
	c := math.Sqrt(math.Pi / 2)
	sum := c / z * k0
	sum += c * k1 / (6 * z4) / math.Sqrt(n)
	sum += (c*k2/(72*z6*z) - c*k2b/(36*z2*z)) / n
	sum += (c*k3/(6480*z6*z4) + c*k3b/(216*z6)) / (n * math.Sqrt(n))
	return sum
}
