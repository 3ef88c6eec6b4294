using static Wgqa.Init;
using static Wgqa.Merge;
using static Wgqa.Pooling;
using static Wgqa.Weighting;

namespace Wgqa.Runtime.Tests.Models;

// Every weighting, start and number of groups that divides 12 heads, at all three sites of a T5; and each site alone.

[KvGrouping(Groups = 1, Weighting = Scalar, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Sca1;

[KvGrouping(Groups = 1, Weighting = Scalar, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandSca1;

[KvGrouping(Groups = 1, Weighting = Row, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Row1;

[KvGrouping(Groups = 1, Weighting = Row, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandRow1;

[KvGrouping(Groups = 1, Weighting = Column, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Col1;

[KvGrouping(Groups = 1, Weighting = Column, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandCol1;

[KvGrouping(Groups = 1, Merge = Live, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Fair1;

[KvGrouping(Groups = 1, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Mean1;

[KvGrouping(Groups = 2, Weighting = Scalar, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Sca2;

[KvGrouping(Groups = 2, Weighting = Scalar, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandSca2;

[KvGrouping(Groups = 2, Weighting = Row, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Row2;

[KvGrouping(Groups = 2, Weighting = Row, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandRow2;

[KvGrouping(Groups = 2, Weighting = Column, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Col2;

[KvGrouping(Groups = 2, Weighting = Column, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandCol2;

[KvGrouping(Groups = 2, Merge = Live, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Fair2;

[KvGrouping(Groups = 2, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Mean2;

[KvGrouping(Groups = 3, Weighting = Scalar, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Sca3;

[KvGrouping(Groups = 3, Weighting = Scalar, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandSca3;

[KvGrouping(Groups = 3, Weighting = Row, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Row3;

[KvGrouping(Groups = 3, Weighting = Row, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandRow3;

[KvGrouping(Groups = 3, Weighting = Column, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Col3;

[KvGrouping(Groups = 3, Weighting = Column, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandCol3;

[KvGrouping(Groups = 3, Merge = Live, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Fair3;

[KvGrouping(Groups = 3, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Mean3;

[KvGrouping(Groups = 4, Weighting = Scalar, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Sca4;

[KvGrouping(Groups = 4, Weighting = Scalar, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandSca4;

[KvGrouping(Groups = 4, Weighting = Row, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Row4;

[KvGrouping(Groups = 4, Weighting = Row, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandRow4;

[KvGrouping(Groups = 4, Weighting = Column, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Col4;

[KvGrouping(Groups = 4, Weighting = Column, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandCol4;

[KvGrouping(Groups = 4, Merge = Live, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Fair4;

[KvGrouping(Groups = 4, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Mean4;

[KvGrouping(Groups = 6, Weighting = Scalar, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Sca6;

[KvGrouping(Groups = 6, Weighting = Scalar, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandSca6;

[KvGrouping(Groups = 6, Weighting = Row, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Row6;

[KvGrouping(Groups = 6, Weighting = Row, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandRow6;

[KvGrouping(Groups = 6, Weighting = Column, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Col6;

[KvGrouping(Groups = 6, Weighting = Column, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandCol6;

[KvGrouping(Groups = 6, Merge = Live, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Fair6;

[KvGrouping(Groups = 6, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Mean6;

[KvGrouping(Groups = 12, Weighting = Scalar, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Sca12;

[KvGrouping(Groups = 12, Weighting = Scalar, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandSca12;

[KvGrouping(Groups = 12, Weighting = Row, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Row12;

[KvGrouping(Groups = 12, Weighting = Row, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandRow12;

[KvGrouping(Groups = 12, Weighting = Column, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Col12;

[KvGrouping(Groups = 12, Weighting = Column, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class RandCol12;

[KvGrouping(Groups = 12, Merge = Live, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Fair12;

[KvGrouping(Groups = 12, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class Mean12;

[KvGrouping(Groups = 3, Weighting = Scalar, Init = Normal, Sites = Sites.DecoderSelf)]
public sealed partial class ScaDecoderSelf;

[KvGrouping(Groups = 3, Weighting = Scalar, Init = Normal, Sites = Sites.DecoderCross)]
public sealed partial class ScaDecoderCross;

[KvGrouping(Groups = 3, Weighting = Scalar, Init = Normal, Sites = Sites.Encoder)]
public sealed partial class ScaEncoder;

[KvGrouping(Groups = 3, Weighting = Row, Init = Normal, Sites = Sites.DecoderSelf)]
public sealed partial class RowDecoderSelf;

[KvGrouping(Groups = 3, Weighting = Row, Init = Normal, Sites = Sites.DecoderCross)]
public sealed partial class RowDecoderCross;

[KvGrouping(Groups = 3, Weighting = Row, Init = Normal, Sites = Sites.Encoder)]
public sealed partial class RowEncoder;

[KvGrouping(Groups = 3, Weighting = Column, Init = Normal, Sites = Sites.DecoderSelf)]
public sealed partial class ColDecoderSelf;

[KvGrouping(Groups = 3, Weighting = Column, Init = Normal, Sites = Sites.DecoderCross)]
public sealed partial class ColDecoderCross;

[KvGrouping(Groups = 3, Weighting = Column, Init = Normal, Sites = Sites.Encoder)]
public sealed partial class ColEncoder;

[KvGrouping(Groups = 6, Pooling = FirstHead)]
public sealed partial class First6;

[KvGrouping(Groups = 6, Pooling = RandomHead)]
public sealed partial class Random6;

// The variants of the reference cases: T5's default sites, groups of whatever is left of 4 heads.

[KvGrouping(Groups = 2, Weighting = Scalar)]
public sealed partial class GoldenScalarG2;

[KvGrouping(Groups = 2, Weighting = Row)]
public sealed partial class GoldenRowG2;

[KvGrouping(Groups = 2, Weighting = Column)]
public sealed partial class GoldenColG2;

[KvGrouping(Groups = 2, Pooling = Average)]
public sealed partial class GoldenMeanG2;

[KvGrouping(Groups = 2, Pooling = FirstHead)]
public sealed partial class GoldenFirstG2;

[KvGrouping(Groups = 2, Pooling = RandomHead)]
public sealed partial class GoldenRandomG2;

[KvGrouping(Groups = 1, Weighting = Scalar)]
public sealed partial class GoldenScalarG1;

[KvGrouping(Groups = 1, Weighting = Row)]
public sealed partial class GoldenRowG1;

[KvGrouping(Groups = 1, Weighting = Column)]
public sealed partial class GoldenColG1;

[KvGrouping(Groups = 1, Pooling = Average)]
public sealed partial class GoldenMeanG1;

[KvGrouping(Groups = 1, Pooling = FirstHead)]
public sealed partial class GoldenFirstG1;

[KvGrouping(Groups = 1, Pooling = RandomHead)]
public sealed partial class GoldenRandomG1;

[KvGrouping(Groups = 5)]
public sealed partial class FiveGroups;

[KvGrouping(Groups = 2, Sites = Sites.Self)]
public sealed partial class DecoderOnly;
