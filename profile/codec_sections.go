package profile

// Ids of sections. They are part of the storage format: an id is never given
// another meaning, and what it holds changes only with a new id.
//
// Those above 31 are reserved for states that are not written yet, one for each
// row of the table of what a profile holds, so that every state has its place
// before it has its code. A reader skips them unless they are flagged.
const (
	sectionSchema     uint16 = 1  // JSON: target and features
	sectionAxes       uint16 = 2  // edges, labels, other categories, extremes, fences
	sectionTotals     uint16 = 3  // rows, errors, panics, surplus, clipped, start, end
	sectionTallies    uint16 = 4  // counters and cells of every column
	sectionMoments    uint16 = 5  // of every numeric column
	sectionQuantiles  uint16 = 6  // digests of the numeric columns that have one
	sectionDistinct   uint16 = 7  // distinct counts of the label columns
	sectionNovel      uint16 = 8  // frequent labels outside the cells
	sectionPanes      uint16 = 9  // time blocks
	sectionProvenance uint16 = 10 // JSON
	sectionOrigin     uint16 = 11 // whether the panes are live ones
	sectionCut        uint16 = 12 // the id of the geometry, of a lone pane

	sectionOutcomes     uint16 = 32 // what came true: by score, cell, group, segment and delay
	sectionGroups       uint16 = 34 // counters of protected groups
	sectionCellSums     uint16 = 35 // Σ score and losses by cell
	sectionPairs        uint16 = 37 // features together: sums of pairs, cells of embeddings
	sectionProjections  uint16 = 38 // how features are counted together: scores, pairs, projections
	sectionReservoir    uint16 = 39 // encoded rows, bottom-k by hash
	sectionAttributions uint16 = 40 // n, Σa, Σ|a|, Σa²
	sectionLatency      uint16 = 41 // beyond the latency axis
	sectionSegments     uint16 = 43 // counts-only profiles of segments
	sectionSeasons      uint16 = 44 // season slots of a reference
	sectionCalibration  uint16 = 45 // score calibration of a reference
	sectionJointPanes   uint16 = 46 // features together, of the time blocks
	sectionBaseline     uint16 = 47 // features together, of half a reference
	sectionRowPanes     uint16 = 48 // groups, attributions, segments and outcomes of the time blocks

	sectionEnd uint16 = 0xffff
)

// sectionName names the sections that this library reads, "" for any other.
func sectionName(id uint16) string {
	switch id {
	case sectionSchema:
		return "schema"
	case sectionAxes:
		return "axes"
	case sectionTotals:
		return "totals"
	case sectionTallies:
		return "tallies"
	case sectionMoments:
		return "moments"
	case sectionQuantiles:
		return "quantiles"
	case sectionDistinct:
		return "distinct"
	case sectionNovel:
		return "novel"
	case sectionPanes:
		return "panes"
	case sectionProvenance:
		return "provenance"
	case sectionOrigin:
		return "origin"
	case sectionCut:
		return "cut"
	case sectionPairs:
		return "pairs"
	case sectionProjections:
		return "projections"
	case sectionJointPanes:
		return "pairs of time blocks"
	case sectionBaseline:
		return "baseline"
	case sectionRowPanes:
		return "rows of time blocks"
	case sectionOutcomes:
		return "outcomes"
	case sectionGroups:
		return "groups"
	case sectionCellSums:
		return "scores by cell"
	case sectionAttributions:
		return "attributions"
	case sectionSegments:
		return "segments"
	case sectionReservoir:
		return "sample of rows"
	case sectionEnd:
		return "end"
	}
	return ""
}
