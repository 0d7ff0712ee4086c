/// The operations of the machine. `r[x]` is a register of the running function, `k[x]` one of its constants.
///
/// Registers below `localCount` are variables; those above are temporaries, each written once and emptied by the instruction that reads it.
enum Opcode: UInt8 {
    // Loading and moving
    case loadConst  // r[a] = k[wide]
    case loadInt  // r[a] = wide, an int
    case loadNone  // r[a] = none
    case loadBool  // r[a] = b != 0
    case move  // r[a] = r[b]
    case take  // r[a] = r[b], emptying r[b]
    case moveTwo  // r[a] = r[b], r[a+1] = r[c]; flag & 1: empty r[b], flag & 2: empty r[c]
    case clear  // empty r[a]
    case unset  // r[a] has no value
    case checkSet  // error unless variable r[a], named k[wide], has a value
    case getGlobal  // r[a] = cell[wide], or the builtin of that name
    case setGlobal  // cell[wide] = r[a]; flag: empty r[a]
    case getCapture  // r[a] = captured[b]; error if it has no value, named k[c]
    case loadSelf  // r[a] = the running function

    // Arithmetic: r[a] = r[b] op r[c]; the K forms take k[c]; flag, for + and *: the right operand is in b, the left one in c
    case add, addK, subtract, subtractK, multiply, multiplyK, divide, divideK, floorDivide, floorDivideK, modulo, moduloK
    case binary  // r[a] = r[b] op r[c], op by flag
    case negate  // r[a] = -r[b]
    case unary  // r[a] = op r[b], op by flag
    case not  // r[a] = not r[b]

    // Comparison: r[a] = r[b] op r[c]; the K forms take k[c]
    case equal, equalK, notEqual, notEqualK, less, lessK, lessEqual, lessEqualK, greater, greaterK, greaterEqual, greaterEqualK
    // Comparison and jump: if (r[b] op r[c]) == (flag != 0), go to the target in the next word
    case equalJump, equalJumpK, notEqualJump, notEqualJumpK, lessJump, lessJumpK
    case lessEqualJump, lessEqualJumpK, greaterJump, greaterJumpK, greaterEqualJump, greaterEqualJumpK
    case identical  // r[a] = r[b] is r[c]; flag: is not
    case isNone  // r[a] = r[b] is none; flag & 1: is not, flag & 2: empty r[b]
    case noneJump  // if (r[b] is none) == (flag & 1 != 0), go to the target in the next word; flag & 2: empty r[b]
    case contains  // r[a] = r[b] in r[c]; flag: not in

    // Jumps; targets are relative to the next instruction
    case jump  // go to wide
    case loop  // go back to wide, after a look at interrupts and limits
    case jumpFalse  // if not r[a], go to wide; error unless it is a bool
    case jumpTrue  // if r[a], go to wide; error unless it is a bool
    case checkBool  // error unless r[a] is a bool

    // Attributes, items, places
    case getField  // r[a] = r[b].site[c]; flag: empty r[b]
    case getIndex  // r[a] = r[b][r[c]]; flag & 1: empty r[b], flag & 2: empty r[c]
    case getPath  // r[a] = place[c], and on past the next word; where that takes more than looking, go on behind the word step by step
    case getIndexGeneral  // r[a] = r[b][descriptor[c]]
    case setIndex  // r[a][r[b]] = r[c], a variable of this function; flag & 1: empty r[b], flag & 2: empty r[c]
    case setPath  // place[c] = r[a]; flag: empty r[a]
    case updatePath  // place[c] op= r[a], op by flag

    // Calls: the function in r[a], its b arguments behind it, the result into r[a]
    case call
    case callGlobal  // the same for the function in cell[c]
    case callConstant  // the same for the builtin k[c]
    case callKeywords  // the last arguments have the names of site[c]
    case callSpread  // positional arguments in the list r[a+1], named ones in the dict r[a+2]
    case callMethod  // method site[c] of the object r[a]
    case append  // r[b].append(r[a+1]), the place of site[c] being the variable r[b]
    case callMutating  // method site[c] of the place of site[c]; arguments behind r[a]
    case returnValue  // return r[a]; flag: no other temporary holds a value

    // Building
    case buildList  // r[a] = list of c values from r[b]
    case buildTuple
    case buildDict  // r[a] = dict of c pairs from r[b]
    case listAppend  // append r[b] to the list r[a]
    case listExtend  // append the c values from r[b] to the list r[a]
    case listSpread  // append all elements of r[b] to the list r[a]
    case listToTuple  // r[a] = the list r[a] as a tuple
    case dictSet  // r[a][r[b]] = r[c] in a dict being built
    case dictSpread  // put all entries of the dict r[b] into r[a]; flag: as keyword arguments
    case closure  // r[a] = function of prototype wide
    case structType  // r[a] = the type of structure wide
    case makeStruct  // r[a] = value of the type under construction, from its fields r[0...]
    case formatPlain  // r[a] = text of r[b] as print shows it
    case format  // r[a] = text of r[b] under format[c]
    case formatDynamic  // r[a] = text of r[b] under the format text r[c]; flag: conversion
    case concat  // r[a] = the c texts from r[b], joined

    // Loops and destructuring
    case iterPrepare  // make r[a], r[a+1], r[a+2] iterate over r[a]
    case iterRange  // make r[a], r[a+1], r[a+2] iterate over range(), the builtin k[c], of the b arguments behind r[a]
    case iterNext  // r[b] = next of r[a], or go to the target in the next word
    case unpack  // the c values of r[a] into r[b...]
    case unpackRest  // the same with c values before and (next word) values after a list of the rest

    // Errors
    case raise  // raise r[a]; flag: again, with its old trace
    case catchMatch  // r[a] = whether error r[b] is of the kinds k[c]
    case assertFail  // fail with message r[a] (if flag & 1) and operands r[b], r[c] (if flag & 2)
    case checkType  // r[a] must fit annotation[wide]; an int is widened where float is meant
    case checkResult  // r[a] must fit the declared result

    // Declarations
    case jumpIfSet  // if r[a] has a value, go to wide
    case scriptParameter  // r[a] = outside value of parameter[wide], or unset
    case importModule  // r[a] = module of import[wide]
    case importName  // r[a] = r[b].site[c]
    case declareTest  // r[a] is the body of the test named k[wide]

    // Profiling
    case trace  // tell the profile that statement wide begins; flag: that this call returns
}

/// One instruction: an operation, a small flag and three register numbers, or one register number and a wide operand.
struct Instruction {
    var op: Opcode
    var flag: UInt8
    var a: UInt16
    var b: UInt16
    var c: UInt16

    init(_ op: Opcode, flag: UInt8 = 0, a: Int = 0, b: Int = 0, c: Int = 0) {
        self.op = op
        self.flag = flag
        self.a = UInt16(truncatingIfNeeded: a)
        self.b = UInt16(truncatingIfNeeded: b)
        self.c = UInt16(truncatingIfNeeded: c)
    }

    init(_ op: Opcode, flag: UInt8 = 0, a: Int = 0, wide: Int) {
        let bits = UInt32(bitPattern: Int32(truncatingIfNeeded: wide))
        self.init(op, flag: flag, a: a, b: Int(bits & 0xFFFF), c: Int(bits >> 16))
    }

    /// `b` and `c` as one signed number.
    @inline(__always) var wide: Int {
        get { Int(Int32(bitPattern: UInt32(b) | UInt32(c) << 16)) }
        set {
            let bits = UInt32(bitPattern: Int32(truncatingIfNeeded: newValue))
            b = UInt16(bits & 0xFFFF)
            c = UInt16(bits >> 16)
        }
    }
}

/// The parts of an instruction where it lies.
extension UnsafeMutablePointer where Pointee == Instruction {
    @inline(__always) var op: Opcode { pointee.op }
    @inline(__always) var flag: UInt8 { pointee.flag }
    @inline(__always) var a: UInt16 { pointee.a }
    @inline(__always) var b: UInt16 { pointee.b }
    @inline(__always) var c: UInt16 { pointee.c }
    @inline(__always) var wide: Int { pointee.wide }
}
