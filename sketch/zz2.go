package sketch
var zzParts = 2
func zzSplit(l list, parts int) list {
	var o list
	for i, m := range l.mean {
		w := l.weight[i]
		if w > 0 || i == 0 || i == len(l.mean)-1 { o.mean = append(o.mean, m); o.weight = append(o.weight, w); continue }
		s := min(m-l.mean[i-1], l.mean[i+1]-m) / 2
		for k := range parts {
			f := (2*float64(k)+1)/float64(parts) - 1
			o.mean = append(o.mean, m+f*s)
			o.weight = append(o.weight, w/float64(parts))
		}
	}
	return o
}
var zzT, zzS = .6, .6
