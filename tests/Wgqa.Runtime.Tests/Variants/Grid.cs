using static Wgqa.Init;
using static Wgqa.Merge;
using static Wgqa.Pooling;
using static Wgqa.Weighting;

namespace Wgqa.Runtime.Tests.Variants;

/// <summary>Every way to merge heads, for every number of groups that divides twelve.</summary>
internal static partial class Grid
{
    [KvGrouping(Groups = 1)] public sealed partial class Mean1;
    [KvGrouping(Groups = 2)] public sealed partial class Mean2;
    [KvGrouping(Groups = 3)] public sealed partial class Mean3;
    [KvGrouping(Groups = 4)] public sealed partial class Mean4;
    [KvGrouping(Groups = 6)] public sealed partial class Mean6;
    [KvGrouping(Groups = 12)] public sealed partial class Mean12;

    [KvGrouping(Groups = 1, Pooling = FirstHead)] public sealed partial class First1;
    [KvGrouping(Groups = 2, Pooling = FirstHead)] public sealed partial class First2;
    [KvGrouping(Groups = 3, Pooling = FirstHead)] public sealed partial class First3;
    [KvGrouping(Groups = 4, Pooling = FirstHead)] public sealed partial class First4;
    [KvGrouping(Groups = 6, Pooling = FirstHead)] public sealed partial class First6;
    [KvGrouping(Groups = 12, Pooling = FirstHead)] public sealed partial class First12;

    [KvGrouping(Groups = 1, Pooling = RandomHead)] public sealed partial class Drawn1;
    [KvGrouping(Groups = 2, Pooling = RandomHead)] public sealed partial class Drawn2;
    [KvGrouping(Groups = 3, Pooling = RandomHead)] public sealed partial class Drawn3;
    [KvGrouping(Groups = 4, Pooling = RandomHead)] public sealed partial class Drawn4;
    [KvGrouping(Groups = 6, Pooling = RandomHead)] public sealed partial class Drawn6;
    [KvGrouping(Groups = 12, Pooling = RandomHead)] public sealed partial class Drawn12;

    [KvGrouping(Groups = 1, Merge = Live)] public sealed partial class Fair1;
    [KvGrouping(Groups = 2, Merge = Live)] public sealed partial class Fair2;
    [KvGrouping(Groups = 3, Merge = Live)] public sealed partial class Fair3;
    [KvGrouping(Groups = 4, Merge = Live)] public sealed partial class Fair4;
    [KvGrouping(Groups = 6, Merge = Live)] public sealed partial class Fair6;
    [KvGrouping(Groups = 12, Merge = Live)] public sealed partial class Fair12;

    [KvGrouping(Groups = 1, Weighting = Scalar)] public sealed partial class Scalar1;
    [KvGrouping(Groups = 2, Weighting = Scalar)] public sealed partial class Scalar2;
    [KvGrouping(Groups = 3, Weighting = Scalar)] public sealed partial class Scalar3;
    [KvGrouping(Groups = 4, Weighting = Scalar)] public sealed partial class Scalar4;
    [KvGrouping(Groups = 6, Weighting = Scalar)] public sealed partial class Scalar6;
    [KvGrouping(Groups = 12, Weighting = Scalar)] public sealed partial class Scalar12;

    [KvGrouping(Groups = 1, Weighting = Row)] public sealed partial class Row1;
    [KvGrouping(Groups = 2, Weighting = Row)] public sealed partial class Row2;
    [KvGrouping(Groups = 3, Weighting = Row)] public sealed partial class Row3;
    [KvGrouping(Groups = 4, Weighting = Row)] public sealed partial class Row4;
    [KvGrouping(Groups = 6, Weighting = Row)] public sealed partial class Row6;
    [KvGrouping(Groups = 12, Weighting = Row)] public sealed partial class Row12;

    [KvGrouping(Groups = 1, Weighting = Column)] public sealed partial class Column1;
    [KvGrouping(Groups = 2, Weighting = Column)] public sealed partial class Column2;
    [KvGrouping(Groups = 3, Weighting = Column)] public sealed partial class Column3;
    [KvGrouping(Groups = 4, Weighting = Column)] public sealed partial class Column4;
    [KvGrouping(Groups = 6, Weighting = Column)] public sealed partial class Column6;
    [KvGrouping(Groups = 12, Weighting = Column)] public sealed partial class Column12;

    [KvGrouping(Groups = 1, Weighting = Scalar, Init = Normal)] public sealed partial class RandScalar1;
    [KvGrouping(Groups = 2, Weighting = Scalar, Init = Normal)] public sealed partial class RandScalar2;
    [KvGrouping(Groups = 3, Weighting = Scalar, Init = Normal)] public sealed partial class RandScalar3;
    [KvGrouping(Groups = 4, Weighting = Scalar, Init = Normal)] public sealed partial class RandScalar4;
    [KvGrouping(Groups = 6, Weighting = Scalar, Init = Normal)] public sealed partial class RandScalar6;
    [KvGrouping(Groups = 12, Weighting = Scalar, Init = Normal)] public sealed partial class RandScalar12;

    [KvGrouping(Groups = 1, Weighting = Row, Init = Normal)] public sealed partial class RandRow1;
    [KvGrouping(Groups = 2, Weighting = Row, Init = Normal)] public sealed partial class RandRow2;
    [KvGrouping(Groups = 3, Weighting = Row, Init = Normal)] public sealed partial class RandRow3;
    [KvGrouping(Groups = 4, Weighting = Row, Init = Normal)] public sealed partial class RandRow4;
    [KvGrouping(Groups = 6, Weighting = Row, Init = Normal)] public sealed partial class RandRow6;
    [KvGrouping(Groups = 12, Weighting = Row, Init = Normal)] public sealed partial class RandRow12;

    [KvGrouping(Groups = 1, Weighting = Column, Init = Normal)] public sealed partial class RandColumn1;
    [KvGrouping(Groups = 2, Weighting = Column, Init = Normal)] public sealed partial class RandColumn2;
    [KvGrouping(Groups = 3, Weighting = Column, Init = Normal)] public sealed partial class RandColumn3;
    [KvGrouping(Groups = 4, Weighting = Column, Init = Normal)] public sealed partial class RandColumn4;
    [KvGrouping(Groups = 6, Weighting = Column, Init = Normal)] public sealed partial class RandColumn6;
    [KvGrouping(Groups = 12, Weighting = Column, Init = Normal)] public sealed partial class RandColumn12;
}
